//! Files that cost more to read, match, silence or report than they should.
