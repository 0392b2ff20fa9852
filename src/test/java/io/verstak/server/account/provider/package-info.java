@NullMarked
package io.verstak.server.account.provider;

import org.jspecify.annotations.NullMarked;
