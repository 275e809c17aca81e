//! Posts: the rules that judge, the transforms that change, the audience.
