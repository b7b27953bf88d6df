/** Sockets: listening, the pipeline of each one, and bytes into packets. */
package io.sluice.gateway.transport;
