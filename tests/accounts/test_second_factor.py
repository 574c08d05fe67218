"""The second factor: linked once, asked every time, no code twice, a way out for whoever is locked out."""

import datetime as dt

import pytest
from pytest_django.fixtures import Settings

from guichet.accounts import operations, queries
from guichet.accounts.models import Account, RecoveryCode, SecondFactor, Session
from guichet.journal import queries as journal
from tests.accounts.factor import EMAIL, PERIOD, Telephone, Watch, an_agent, signed_in
from tests.accounts.people import HERE, PASSWORD, mail, mails, token_in

pytestmark = pytest.mark.django_db
WINDOW = dt.timedelta(minutes=15)
NEW = "Girafe7-parapluie-lent"


def kinds(account: Account) -> list[str]:
    return [event.kind for event in journal.history(subject=account.subject)]


def give_password(password: str = PASSWORD) -> Account:
    return operations.sign_in(espace="agents", identifier=EMAIL, password=password, client=HERE)


def refuse(account: Account, code: str, refusal: type[Exception] = operations.WrongCode) -> None:
    with pytest.raises(refusal) as raised:
        operations.check_second_factor(account=account, code=code)
    assert raised.type is refusal


def test_a_password_alone_is_no_sign_in(now: Watch) -> None:
    account = an_agent()
    assert give_password() == account
    account.refresh_from_db()
    assert account.last_sign_in_at is None
    assert kinds(account) == ["account.password_given"]


def test_the_first_code_links_the_application_and_concludes_the_sign_in(now: Watch) -> None:
    account = an_agent()
    telephone = Telephone(account)
    account.refresh_from_db()
    assert account.last_sign_in_at == now()
    assert kinds(account) == ["account.second_factor_enrolled", "account.signed_in"]
    assert mails() == [("application_de_codes_reliee", EMAIL)]
    state = queries.second_factor_of(account=account)
    assert state == queries.FactorState(enrolled_at=now(), recovery_codes=10)
    assert len(set(telephone.recovery_codes)) == 10


def test_the_code_of_the_moment_signs_in(now: Watch) -> None:
    account = an_agent()
    telephone = Telephone(account)
    now.forward()
    operations.finish_sign_in(account=give_password(), code=telephone.code())
    event = journal.history(subject=account.subject)[-1]
    assert (event.kind, event.data) == ("account.signed_in", {"factor": "code"})


def test_blanks_in_a_code_are_forgiven(now: Watch) -> None:
    account = an_agent()
    telephone = Telephone(account)
    now.forward()
    code = telephone.code()
    operations.check_second_factor(account=account, code=f" {code[:3]} {code[3:]} ")


def test_no_code_is_accepted_twice_nor_any_before_it(now: Watch) -> None:
    account = an_agent()
    telephone = Telephone(account)
    refuse(account, telephone.code(), operations.CodeUsed)  # the one that linked it
    late = telephone.code()
    operations.check_second_factor(account=account, code=telephone.code(periods=1))
    refuse(account, telephone.code(periods=1), operations.CodeUsed)
    now.forward()
    refuse(account, late, operations.CodeUsed)
    now.forward()
    operations.check_second_factor(account=account, code=telephone.code())


def test_a_code_of_two_periods_ago_is_wrong(now: Watch) -> None:
    account = an_agent()
    telephone = Telephone(account)
    shown = telephone.code(periods=1)
    now.forward(3 * PERIOD)
    refuse(account, shown)


def test_the_fifth_wrong_code_is_told_and_the_next_one_is_not_looked_at(now: Watch) -> None:
    account = an_agent()
    telephone = Telephone(account)
    now.forward()
    for _ in range(5):
        refuse(account, telephone.wrong_code())
    with pytest.raises(operations.CodesLockedOut) as locked:
        operations.check_second_factor(account=account, code=telephone.code())
    assert locked.value.retry_after == WINDOW.total_seconds()
    assert mails()[-1] == ("codes_inexacts", EMAIL)
    with pytest.raises(operations.CodesLockedOut):
        operations.check_second_factor(account=account, code=telephone.code())
    assert [template for template, _ in mails()].count("codes_inexacts") == 1
    assert kinds(account).count("account.codes_locked_out") == 1
    now.forward(WINDOW)
    operations.check_second_factor(account=account, code=telephone.code())


def test_the_way_out_of_a_lock_out_is_a_recovery_code(now: Watch) -> None:
    account = an_agent()
    telephone = Telephone(account)
    for _ in range(6):
        with pytest.raises((operations.WrongCode, operations.CodesLockedOut)):
            operations.check_second_factor(account=account, code=telephone.wrong_code())
    operations.finish_sign_in(account=account, code=telephone.recovery_codes[0])
    now.forward()
    operations.check_second_factor(account=account, code=telephone.code())  # and it lifts the lock


def test_a_new_password_by_e_mail_lifts_no_lock_of_codes(now: Watch) -> None:
    account = an_agent()
    telephone = Telephone(account)
    for _ in range(6):
        with pytest.raises((operations.WrongCode, operations.CodesLockedOut)):
            operations.check_second_factor(account=account, code=telephone.wrong_code())
    operations.ask_recovery(espace="agents", identifier=EMAIL, client=HERE)
    operations.set_password_by_token(token=token_in("nouveau_mot_de_passe"), password=NEW)
    now.forward()
    with pytest.raises(operations.CodesLockedOut):
        operations.finish_sign_in(account=give_password(NEW), code=telephone.code())


def test_recovery_codes_are_counted_by_themselves(now: Watch) -> None:
    account = an_agent()
    telephone = Telephone(account)
    for _ in range(5):
        refuse(account, "2222-2222-2222-2222", operations.WrongRecoveryCode)
    with pytest.raises(operations.RecoveryCodesLockedOut):
        operations.check_second_factor(account=account, code=telephone.recovery_codes[0])
    now.forward()
    operations.check_second_factor(account=account, code=telephone.code())


def test_each_recovery_code_serves_once_and_is_told(now: Watch) -> None:
    account = an_agent()
    telephone = Telephone(account)
    operations.finish_sign_in(account=account, code=telephone.recovery_codes[3].lower().replace("-", ""))
    assert "vous restent : 9" in mail("code_de_secours_utilise").body
    refuse(account, telephone.recovery_codes[3], operations.WrongRecoveryCode)
    state = queries.second_factor_of(account=account)
    assert state is not None
    assert state.recovery_codes == 9
    assert journal.history(subject=account.subject)[-1].data == {"factor": "recovery_code"}


def test_a_strangers_recovery_code_is_worth_nothing(now: Watch) -> None:
    mine, theirs = Telephone(an_agent()), Telephone(an_agent("sacha@service.example"))
    refuse(mine.account, theirs.recovery_codes[0], operations.WrongRecoveryCode)


def test_nothing_in_the_tables_shows_a_secret_or_a_recovery_code(now: Watch) -> None:
    telephone = Telephone(an_agent())
    factor = SecondFactor.objects.get()
    stored = (
        bytes(factor.secret)
        + bytes(factor.salt)
        + "".join(RecoveryCode.objects.values_list("hash", flat=True)).encode()
    )
    assert telephone.secret.encode() not in stored
    for code in telephone.recovery_codes:
        assert code.encode() not in stored
        assert code.replace("-", "").encode() not in stored


def test_a_secret_copied_to_another_account_opens_nothing(now: Watch) -> None:
    mine, theirs = Telephone(an_agent()), Telephone(an_agent("sacha@service.example"))
    stolen = SecondFactor.objects.get(account=mine.account).secret
    SecondFactor.objects.filter(account=theirs.account).update(secret=stolen)
    now.forward()
    refuse(theirs.account, mine.code(), operations.CodeUnreadable)


def test_a_changed_secret_key_takes_the_former_ones_secrets_over(now: Watch, settings: Settings) -> None:
    account = an_agent()
    telephone = Telephone(account)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-key-" * 5
    now.forward()
    operations.check_second_factor(account=account, code=telephone.code())
    settings.SECRET_KEY_FALLBACKS = []
    now.forward()
    operations.check_second_factor(account=account, code=telephone.code())


def test_a_lost_secret_key_leaves_the_recovery_codes(now: Watch, settings: Settings) -> None:
    account = an_agent()
    telephone = Telephone(account)
    settings.SECRET_KEY = "another-key-" * 5
    now.forward()
    refuse(account, telephone.code(), operations.CodeUnreadable)
    operations.check_second_factor(account=account, code=telephone.recovery_codes[0])


def test_another_applications_code_links_nothing(now: Watch) -> None:
    account = an_agent()
    begun, other = (operations.begin_enrolment(account=account) for _ in range(2))
    code = Telephone.code(_showing(other.secret))
    with pytest.raises(operations.WrongFirstCode):
        operations.enrol(account=account, secret=begun.secret, code=code)
    assert not SecondFactor.objects.exists()


def _showing(secret: str) -> Telephone:
    telephone = Telephone.__new__(Telephone)
    telephone.secret = secret
    return telephone


def test_the_page_opened_again_shows_the_same_key_to_the_same_account_alone() -> None:
    account, other = an_agent(), an_agent("sacha@service.example")
    begun = operations.begin_enrolment(account=account)
    assert operations.begin_enrolment(account=account, kept=begun.kept) == begun
    assert operations.begin_enrolment(account=other, kept=begun.kept).secret != begun.secret
    assert begun.secret not in begun.kept
    for broken in ("", "é", "x" * 50, begun.kept[:-4]):
        assert operations.begin_enrolment(account=account, kept=broken).secret != begun.secret


def test_who_has_an_application_links_no_other_by_the_password_alone(now: Watch) -> None:
    account = an_agent()
    Telephone(account)
    with pytest.raises(operations.AlreadyEnrolled):
        Telephone(account)


def test_another_application_asks_for_password_and_code(now: Watch) -> None:
    account = an_agent()
    telephone = Telephone(account)
    now.forward()
    with pytest.raises(operations.WrongPassword):
        operations.allow_change(account=account, password="faux", code=telephone.code())
    with pytest.raises(operations.WrongCode):
        operations.allow_change(account=account, password=PASSWORD, code=telephone.wrong_code())
    operations.allow_change(account=account, password=PASSWORD, code=telephone.code())


def test_another_application_ends_the_first_its_codes_and_the_other_sessions(now: Watch) -> None:
    account = an_agent()
    first = Telephone(account)
    here, _elsewhere = signed_in(account), signed_in(account)
    second = _showing(operations.begin_enrolment(account=account).secret)
    codes = operations.change_second_factor(
        account=account, secret=second.secret, code=second.code(), keep_session=here.session.session_key or ""
    )
    assert Session.objects.filter(account=account).count() == 1
    assert here.get("/agents/compte/").status_code == 200
    now.forward()
    refuse(account, first.code())
    refuse(account, first.recovery_codes[0], operations.WrongRecoveryCode)
    operations.check_second_factor(account=account, code=second.code())
    operations.check_second_factor(account=account, code=codes[0])
    assert mails()[-2][0] == "application_de_codes_changee"


def test_new_recovery_codes_end_the_former_ones(now: Watch) -> None:
    account = an_agent()
    telephone = Telephone(account)
    now.forward()
    codes = operations.new_recovery_codes(account=account, password=PASSWORD, code=telephone.code())
    assert not set(codes) & set(telephone.recovery_codes)
    refuse(account, telephone.recovery_codes[0], operations.WrongRecoveryCode)
    operations.check_second_factor(account=account, code=codes[9])
    assert mails()[-2] == ("codes_de_secours_nouveaux", EMAIL)


def test_a_reset_ends_the_factor_the_password_and_every_session(now: Watch) -> None:
    account = an_agent()
    telephone = Telephone(account)
    browser = signed_in(account)
    operations.reset_second_factor(account=account, actor="account:42")
    assert browser.get("/agents/compte/").status_code == 302
    assert not SecondFactor.objects.exists()
    with pytest.raises(operations.SignInRefused):
        give_password()
    refuse(account, telephone.code(), operations.NotEnrolled)
    event = journal.history(subject=account.subject)[-1]
    assert (event.kind, event.actor) == ("account.second_factor_reset", "account:42")
    assert mails()[-1] == ("application_de_codes_reinitialisee", EMAIL)


def test_after_a_reset_the_link_of_the_message_sets_a_password_and_the_way_is_open(now: Watch) -> None:
    account = an_agent()
    Telephone(account)
    operations.reset_second_factor(account=account, actor="operator")
    token = token_in("application_de_codes_reinitialisee")
    operations.set_password_by_token(token=token, password=NEW)
    Telephone(give_password(NEW))
    assert queries.second_factor_of(account=account) is not None


def test_recovering_the_password_leaves_the_factor_in_place(now: Watch) -> None:
    account = an_agent()
    telephone = Telephone(account)
    operations.ask_recovery(espace="agents", identifier=EMAIL, client=HERE)
    operations.set_password_by_token(token=token_in("nouveau_mot_de_passe"), password=NEW)
    with pytest.raises(operations.AlreadyEnrolled):
        Telephone(give_password(NEW))
    now.forward()
    operations.finish_sign_in(account=give_password(NEW), code=telephone.code())
