/** The only package that knows SQL: connections, migrations and one class per aggregate. */
@NullMarked
package io.verstak.server.storage;

import org.jspecify.annotations.NullMarked;
