"""Texts of django-allauth whose own translations fit badly: our catalogues have them, which Django asks first.

In German they say "du" there, where our pages say "Sie". Where a text is not one of django-allauth any more, it is
harmless here.
"""

from __future__ import annotations

from scanner.domain.translation import noop

TEXTS = (
    noop("You cannot remove your primary email address."),
    noop("Please type your current password."),
    noop("Your primary email address must be verified."),
    noop("Be patient, you are sending too many requests."),
    noop("You must type the same password each time."),
    noop(
        "An account already exists with this email address. Please sign in to that account first, then "
        "connect your %s account."
    ),
    noop("Your account has no password set up."),
    noop("Your account has no verified email address."),
    noop("Your password has been changed."),
    noop('Please confirm that <a href="mailto:%(email)s">%(email)s</a> is an email address for user %(user_display)s.'),
    noop(
        'This email confirmation link expired or is invalid. Please <a href="%(email_url)s">issue a new '
        "email confirmation request</a>."
    ),
    noop("You cannot remove your primary email address (%(email)s)."),
    noop("You have confirmed %(email)s."),
    noop(
        "The password reset link was invalid, possibly because it has already been used.  Please "
        'request a <a href="%(passwd_reset_url)s">new password reset</a>.'
    ),
    noop("You are already logged in as %(user_display)s."),
    noop("Verify Your Email Address"),
    noop(
        "We have sent an email to you for verification. Follow the link provided to finalize the signup "
        "process. If you do not see the verification email in your main inbox, check your spam folder. "
        "Please contact us if you do not receive the verification email within a few minutes."
    ),
    noop("You are about to connect a new third-party account from %(provider)s."),
    noop("You are about to sign in using a third-party account from %(provider)s."),
    noop(
        "You are about to use your %(provider_name)s account to login to\n%(site_name)s. As a final "
        "step, please complete the following form:"
    ),
)
