/** Creates and connects the objects of accounts and of their administration, and runs their verticle. */
@NullMarked
package io.verstak.server.account.module;

import org.jspecify.annotations.NullMarked;
