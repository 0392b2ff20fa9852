@NullMarked
package io.verstak.server.config;

import org.jspecify.annotations.NullMarked;
