/** The configuration: one record per section, each validating itself, and the loader that lays file, environment and flags over the defaults. */
@NullMarked
package io.verstak.server.config;

import org.jspecify.annotations.NullMarked;
