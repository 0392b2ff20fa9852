/**
 * Pages about how people prove who they are: sign-in, its second step, the links of mails and of the setup, second factors, passkeys,
 * providers, confirming a session.
 */
@NullMarked
package io.verstak.server.http.web.security;

import org.jspecify.annotations.NullMarked;
