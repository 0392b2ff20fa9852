/** What a person proves besides a password: codes of an authenticator app, recovery codes; and who must. */
@NullMarked
package io.verstak.server.account.factor;

import org.jspecify.annotations.NullMarked;
