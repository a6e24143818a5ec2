//! Templates that take evaluation too deep, too long or too far.
