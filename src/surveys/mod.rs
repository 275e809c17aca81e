//! Surveys: asked by mail, answered by digits, confidential while they are open.
