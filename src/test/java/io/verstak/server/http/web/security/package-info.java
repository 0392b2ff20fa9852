@NullMarked
package io.verstak.server.http.web.security;

import org.jspecify.annotations.NullMarked;
