/** What a process tells its operators over HTTP: whether it lives, whether it is ready, and its metrics. */
package io.sluice.kit.http;
