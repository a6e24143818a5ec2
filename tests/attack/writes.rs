//! Writing where or what nobody asked for; ends of a run.
