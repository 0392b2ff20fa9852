/** One class per resource: read a typed request, call one contract, write the answer. */
@NullMarked
package io.verstak.server.http.api;

import org.jspecify.annotations.NullMarked;
