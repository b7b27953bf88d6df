/** What people and programs get to see of a run: the progress line, the table at the end, the JSON file. */
package io.sluice.bench.report;
