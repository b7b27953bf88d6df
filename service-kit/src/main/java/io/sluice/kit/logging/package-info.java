/** How a process logs: one event, one line, for people or for programs; never more lines than strangers may cause. */
package io.sluice.kit.logging;
