mod calendars;
mod leaving;
mod looking;
mod private;
mod rim;
mod site;
