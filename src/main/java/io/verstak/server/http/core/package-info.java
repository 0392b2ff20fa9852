/** What all resources and pages share of HTTP: the request, its body, its cookies and its addresses. Knows no feature. */
@NullMarked
package io.verstak.server.http.core;

import org.jspecify.annotations.NullMarked;
