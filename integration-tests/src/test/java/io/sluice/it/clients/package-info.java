/** Clients that other people wrote, as they are used every day, on both gateways of one cluster. */
package io.sluice.it.clients;
