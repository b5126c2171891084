//! People and what they may do, over HTTP.

mod error;
mod organisation;
mod own_sessions;
mod second_factor;
mod session;
mod setup;
mod token;
mod user;
mod view;

use actix_web::web;
use utoipa::OpenApi;

pub use self::view::OrganisationRef;

/// What this slice adds to the API's description.
#[derive(OpenApi)]
#[openapi(paths(
    setup::get_setup,
    setup::complete_setup,
    session::create_session,
    session::get_session,
    session::delete_session,
    session::update_preferences,
    session::change_password,
    session::confirm_session,
    second_factor::get_second_factor,
    second_factor::offer_second_factor,
    second_factor::activate_second_factor,
    second_factor::renew_recovery_codes,
    second_factor::delete_second_factor,
    own_sessions::list_own_sessions,
    own_sessions::delete_other_sessions,
    own_sessions::delete_own_session,
    user::list_users,
    user::create_user,
    user::get_user,
    user::update_user,
    user::reset_user_password,
    user::set_password,
    token::list_tokens,
    token::create_token,
    token::revoke_token,
    organisation::list_organisations,
    organisation::create_organisation,
    organisation::get_organisation,
    organisation::update_organisation,
    organisation::delete_organisation,
))]
pub struct Description;

/// This slice's routes.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.configure(setup::configure)
        .configure(session::configure)
        .configure(second_factor::configure)
        .configure(own_sessions::configure)
        .configure(user::configure)
        .configure(token::configure)
        .configure(organisation::configure);
}
