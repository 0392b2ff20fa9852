/**
 * What guards the HTTP/1.1 listener below the routes: the framing of requests, limits of heads, deadlines, progress of bodies
 * and answers, and the number of connections. Knows nothing of paths, accounts or handlers.
 */
@NullMarked
package io.verstak.server.http.guard;

import org.jspecify.annotations.NullMarked;
