mod calendars;
mod leaving;
mod looking;
mod private;
mod reading;
mod rim;
mod site;
mod still;
