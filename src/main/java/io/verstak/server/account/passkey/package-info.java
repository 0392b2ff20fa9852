/** Passkeys (WebAuthn): what browsers are asked, the verification of what authenticators answer, and the passkeys of a person. */
@NullMarked
package io.verstak.server.account.passkey;

import org.jspecify.annotations.NullMarked;
