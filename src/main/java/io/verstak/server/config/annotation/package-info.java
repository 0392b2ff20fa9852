/** What a component of a configuration record may hold. The loader, the schema's test and the import read it. */
@NullMarked
package io.verstak.server.config.annotation;

import org.jspecify.annotations.NullMarked;
