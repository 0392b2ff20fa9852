/** Users, devices, credentials and who may do what with them. */
@NullMarked
package io.verstak.server.account;

import org.jspecify.annotations.NullMarked;
