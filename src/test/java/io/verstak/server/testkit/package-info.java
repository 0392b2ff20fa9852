/** What tests, torture rig and benchmark drive a server with: servers to start, a raw HTTP client, a desktop. */
@NullMarked
package io.verstak.server.testkit;

import org.jspecify.annotations.NullMarked;
