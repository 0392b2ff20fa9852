/** What lets several nodes serve one database: heads of logs that other nodes moved, and which nodes there are. */
@NullMarked
package io.verstak.server.cluster;

import org.jspecify.annotations.NullMarked;
