"""Who may do what at every address of the portal: the tables that say it.

The owner's objects (filings, files, links) stand in every address. The roles:

- ``anonymous``: nobody is signed in; ``expired``: the owner, whose session is over;
- ``half``: an agent who gave the password and owes the code; ``unlinked``: one who has no application yet;
  ``half_abonne``: the first at the espace abonné. They are ``anonymous`` everywhere but at the pages of
  ``HALF`` and ``HALF_ABONNE``: they have no column;
- ``owner``: whose objects they are; ``neighbour``: another account of the same espace;
- ``foreigner``: a filer's account of another espace;
- ``abonne``: who owns the requests for membership, their list and a proposal to hand files over;
  ``colleague``: recognised in the same firm, and offered files; ``newcomer``: says to be of that firm, and
  nobody has recognised her; ``stranger``: of another firm. In tables of associations they are ``foreigner``;
- ``usager``: a particulier with an espace privé; ``voisin``: an exploitant with another one;
- ``agent``: of the administration, who looks after everything; ``elsewhere``: an agent of another
  téléprocédure; ``superviseur``, ``gestionnaire``: agents with these roles.

Columns may name a group of roles: ``agents`` (the four of them), ``filers`` (all accounts but theirs),
``others`` (all that are not of the espace abonné), ``persons`` (its accounts, and those of the espace privé),
``outsiders`` (all that have no espace privé), and in the table of every espace ``inside`` (the accounts of
that espace) and ``outside`` (all others).

The outcomes, of a form that is sent empty:

- ``page``, ``file``: it is shown; ``onwards``: done, or nothing to do, and on to another page;
- ``invalid`` (422): this person may, but the empty form is refused;
- ``sign-in``: to the sign-in page, and back afterwards; ``forbidden`` (403): the wrong door, or role;
- ``unknown`` (404): as if there were no such thing; ``method`` (405): not done this way.

A link that was sent by e-mail is its own key: whoever has it may use it.
"""

PORTAL = """
address                           anonymous  owner      neighbour  foreigner  expired    agents
web:home                    GET   page       page       page       page       page       page
web:home                    POST  method     method     method     method     method     method
public:search               GET   page       page       page       page       page       page
public:search               POST  method     method     method     method     method     method
public:open_data            GET   page       page       page       page       page       page
public:open_data            POST  method     method     method     method     method     method
public:csv                  GET   file       file       file       file       file       file
public:csv                  POST  method     method     method     method     method     method
public:json                 GET   page       page       page       page       page       page
public:json                 POST  method     method     method     method     method     method
public:organisation         GET   page       page       page       page       page       page
public:organisation         POST  method     method     method     method     method     method
public:filing               GET   page       page       page       page       page       page
public:filing               POST  method     method     method     method     method     method
public:version              GET   page       page       page       page       page       page
public:version              POST  method     method     method     method     method     method
public:document             GET   file       file       file       file       file       file
public:document             POST  method     method     method     method     method     method
public:page                 GET   file       file       file       file       file       file
public:page                 POST  method     method     method     method     method     method
public:sitemap              GET   page       page       page       page       page       page
public:sitemap              POST  method     method     method     method     method     method
public:sitemap_part         GET   page       page       page       page       page       page
public:sitemap_part         POST  method     method     method     method     method     method
public:robots               GET   page       page       page       page       page       page
public:robots               POST  method     method     method     method     method     method
web:alive                   GET   page       page       page       page       page       page
web:alive                   POST  method     method     method     method     method     method
web:ready                   GET   page       page       page       page       page       page
web:ready                   POST  method     method     method     method     method     method
web:metrics                 GET   unknown    unknown    unknown    unknown    unknown    unknown
web:metrics                 POST  method     method     method     method     method     method
web:help                    GET   page       page       page       page       page       page
web:help                    POST  method     method     method     method     method     method
web:plan                    GET   page       page       page       page       page       page
web:plan                    POST  method     method     method     method     method     method
web:accessibility           GET   page       page       page       page       page       page
web:accessibility           POST  method     method     method     method     method     method
web:legal                   GET   page       page       page       page       page       page
web:legal                   POST  method     method     method     method     method     method
web:privacy                 GET   page       page       page       page       page       page
web:privacy                 POST  method     method     method     method     method     method
web:terms                   GET   page       page       page       page       page       page
web:terms                   POST  method     method     method     method     method     method
web:terms_of                GET   page       page       page       page       page       page
web:terms_of                POST  method     method     method     method     method     method
web:terms_text              GET   file       file       file       file       file       file
web:terms_text              POST  method     method     method     method     method     method
web:verify                  GET   page       page       page       page       page       page
web:verify                  POST  invalid    invalid    invalid    invalid    invalid    invalid
web:seal                    GET   file       file       file       file       file       file
web:seal                    POST  method     method     method     method     method     method
web:verification            GET   page       page       page       page       page       page
web:verification            POST  invalid    invalid    invalid    invalid    invalid    invalid
web:activate                GET   page       page       page       page       page       page
web:activate                POST  page       page       page       page       page       page
web:new_password            GET   page       page       page       page       page       page
web:new_password            POST  invalid    invalid    invalid    invalid    invalid    invalid
web:provisional             GET   page       page       page       page       410        page
web:provisional             POST  page       page       page       page       410        page
web:confirm_email           GET   page       page       page       page       page       page
web:confirm_email           POST  onwards    onwards    onwards    onwards    onwards    onwards
confirm                     GET   page       page       page       page       page       page
confirm                     POST  onwards    onwards    onwards    onwards    onwards    onwards
confirm_receipt             GET   file       file       file       file       file       file
confirm_receipt             POST  method     method     method     method     method     method
association:home            GET   sign-in    page       page       forbidden  sign-in    forbidden
association:home            POST  method     method     method     method     method     method
association:directory       GET   page       page       page       page       page       page
association:directory       POST  method     method     method     method     method     method
association:register        GET   page       page       page       page       page       page
association:register        POST  invalid    invalid    invalid    invalid    invalid    invalid
association:register_unit   GET   page       page       page       page       page       page
association:register_unit   POST  method     method     method     method     method     method
association:register_details  GET   page     page       page       page       page       page
association:register_details  POST  invalid  invalid    invalid    invalid    invalid    invalid
association:register_check  GET   onwards    onwards    onwards    onwards    onwards    onwards
association:register_check  POST  onwards    onwards    onwards    onwards    onwards    onwards
association:register_sent   GET   onwards    onwards    onwards    onwards    onwards    onwards
association:register_sent   POST  method     method     method     method     method     method
agents:factor               GET   sign-in    forbidden  forbidden  forbidden  sign-in    page
agents:factor               POST  sign-in    forbidden  forbidden  forbidden  sign-in    invalid
association:email_sent      GET   sign-in    onwards    onwards    forbidden  sign-in    forbidden
association:email_sent      POST  method     method     method     method     method     method
agents:email_sent           GET   sign-in    forbidden  forbidden  forbidden  sign-in    onwards
agents:email_sent           POST  method     method     method     method     method     method
agents:close                GET   sign-in    forbidden  forbidden  forbidden  sign-in    forbidden
agents:close                POST  sign-in    forbidden  forbidden  forbidden  sign-in    forbidden
demo:mailbox                GET   page       page       page       page       page       page
demo:mailbox                POST  method     method     method     method     method     method
demo:message                GET   page       page       page       page       page       page
demo:message                POST  method     method     method     method     method     method
demo:codes                  GET   page       page       page       page       page       page
demo:codes                  POST  method     method     method     method     method     method
demo:letter                 GET   file       file       file       file       file       file
demo:letter                 POST  method     method     method     method     method     method
"""

# The espace abonné and the requests for membership; a row of it goes before those of the tables below.
ABONNE = """
address                                anonymous  abonne   colleague  newcomer   stranger  others     expired
abonne:activate                  GET   page       page     page       page       page      page       page
abonne:activate                  POST  invalid    invalid  invalid    invalid    invalid   invalid    invalid
abonne:activated                 GET   onwards    onwards  onwards    onwards    onwards   onwards    onwards
abonne:activated                 POST  method     method   method     method     method    method     method
abonne:activation_code           GET   page       page     page       page       page      page       page
abonne:activation_code           POST  invalid    invalid  invalid    invalid    invalid   invalid    invalid
abonne:certificate               GET   sign-in    page     page       page       page      forbidden  sign-in
abonne:certificate               POST  method     method   method     method     method    method     method
abonne:certificate_drop          GET   method     method   method     method     method    method     method
abonne:certificate_drop          POST  onwards    onwards  onwards    onwards    onwards   onwards    onwards
abonne:certificate_end           GET   sign-in    page     unknown    unknown    unknown   forbidden  sign-in
abonne:certificate_end           POST  sign-in    onwards  unknown    unknown    unknown   forbidden  sign-in
abonne:certificate_register      GET   page       page     page       page       page      page       page
abonne:certificate_register      POST  page       page     page       page       page      page       page
abonne:certificate_renew         GET   page       page     page       page       page      page       page
abonne:certificate_renew         POST  page       page     page       page       page      page       page
abonne:certificate_renew_answer  GET   page       page     page       page       page      page       page
abonne:certificate_renew_answer  POST  page       page     page       page       page      page       page
abonne:certificate_renew_code    GET   page       page     page       page       page      page       page
abonne:certificate_renew_code    POST  page       page     page       page       page      page       page
abonne:certificate_renewed       GET   page       page     page       page       page      page       page
abonne:certificate_renewed       POST  page       page     page       page       page      page       page
abonne:certificate_sign_in       GET   page       page     page       page       page      page       page
abonne:certificate_sign_in       POST  page       page     page       page       page      page       page
abonne:colleague_decline         GET   sign-in    page     page       forbidden  unknown   forbidden  sign-in
abonne:colleague_decline         POST  sign-in    onwards  onwards    forbidden  unknown   forbidden  sign-in
abonne:colleague_recognise       GET   sign-in    page     page       forbidden  unknown   forbidden  sign-in
abonne:colleague_recognise       POST  sign-in    onwards  onwards    forbidden  unknown   forbidden  sign-in
abonne:colleague_take_over       GET   sign-in    page     page       forbidden  unknown   forbidden  sign-in
abonne:colleague_take_over       POST  sign-in    onwards  onwards    forbidden  unknown   forbidden  sign-in
abonne:colleagues                GET   sign-in    page     page       page       page      forbidden  sign-in
abonne:colleagues                POST  method     method   method     method     method    method     method
abonne:email_code                GET   sign-in    page     page       page       page      forbidden  sign-in
abonne:email_code                POST  sign-in    invalid  invalid    invalid    invalid   forbidden  sign-in
abonne:email_confirm             GET   sign-in    onwards  onwards    onwards    onwards   forbidden  sign-in
abonne:email_confirm             POST  sign-in    onwards  onwards    onwards    onwards   forbidden  sign-in
abonne:enrol                     GET   onwards    page     page       page       page      onwards    onwards
abonne:enrol                     POST  onwards    invalid  invalid    invalid    invalid   onwards    onwards
abonne:factor                    GET   sign-in    page     page       page       page      forbidden  sign-in
abonne:factor                    POST  sign-in    onwards  onwards    onwards    onwards   forbidden  sign-in
abonne:hand_over                 GET   sign-in    page     page       forbidden  page      forbidden  sign-in
abonne:hand_over                 POST  method     method   method     method     method    method     method
abonne:hand_over_check           GET   method     method   method     method     method    method     method
abonne:hand_over_check           POST  sign-in    invalid  invalid    forbidden  invalid   forbidden  sign-in
abonne:home                      GET   sign-in    page     page       page       page      forbidden  sign-in
abonne:home                      POST  method     method   method     method     method    method     method
abonne:passkey_add               GET   onwards    page     page       page       page      onwards    onwards
abonne:passkey_add               POST  onwards    invalid  invalid    invalid    invalid   onwards    onwards
abonne:password_code             GET   sign-in    page     page       page       page      forbidden  sign-in
abonne:password_code             POST  sign-in    invalid  invalid    invalid    invalid   forbidden  sign-in
abonne:recovery_new              GET   onwards    onwards  onwards    onwards    onwards   onwards    onwards
abonne:recovery_new              POST  onwards    onwards  onwards    onwards    onwards   onwards    onwards
abonne:recovery_open             GET   page       page     page       page       page      page       page
abonne:recovery_open             POST  invalid    invalid  invalid    invalid    invalid   invalid    invalid
abonne:register                  GET   page       page     page       page       page      page       page
abonne:register                  POST  invalid    invalid  invalid    invalid    invalid   invalid    invalid
abonne:register_check            GET   onwards    onwards  onwards    onwards    onwards   onwards    onwards
abonne:register_check            POST  onwards    onwards  onwards    onwards    onwards   onwards    onwards
abonne:register_form             GET   onwards    onwards  onwards    onwards    onwards   onwards    onwards
abonne:register_form             POST  onwards    onwards  onwards    onwards    onwards   onwards    onwards
abonne:register_identifiers      GET   onwards    onwards  onwards    onwards    onwards   onwards    onwards
abonne:register_identifiers      POST  onwards    onwards  onwards    onwards    onwards   onwards    onwards
abonne:register_sent             GET   onwards    onwards  onwards    onwards    onwards   onwards    onwards
abonne:register_sent             POST  method     method   method     method     method    method     method
abonne:registration_pdf          GET   sign-in    page     page       page       page      forbidden  sign-in
abonne:registration_pdf          POST  method     method   method     method     method    method     method
abonne:remise                    GET   sign-in    page     page       unknown    unknown   forbidden  sign-in
abonne:remise                    POST  method     method   method     method     method    method     method
abonne:remise_accept             GET   method     method   method     method     method    method     method
abonne:remise_accept             POST  sign-in    unknown  onwards    unknown    unknown   forbidden  sign-in
abonne:remise_cancel             GET   method     method   method     method     method    method     method
abonne:remise_cancel             POST  sign-in    onwards  unknown    unknown    unknown   forbidden  sign-in
abonne:remise_decline            GET   method     method   method     method     method    method     method
abonne:remise_decline            POST  sign-in    unknown  onwards    unknown    unknown   forbidden  sign-in
abonne:trust                     GET   sign-in    page     page       page       page      forbidden  sign-in
abonne:trust                     POST  sign-in    invalid  invalid    invalid    invalid   forbidden  sign-in
abonne:trust_code                GET   sign-in    page     page       page       page      forbidden  sign-in
abonne:trust_code                POST  sign-in    invalid  invalid    invalid    invalid   forbidden  sign-in
adhesion:cancel                  GET   sign-in    onwards  unknown    unknown    unknown   forbidden  sign-in
adhesion:depots                  GET   sign-in    onwards  onwards    onwards    onwards   forbidden  sign-in
adhesion:document                GET   sign-in    unknown  unknown    unknown    unknown   forbidden  sign-in
adhesion:documents               GET   sign-in    onwards  unknown    unknown    unknown   forbidden  sign-in
adhesion:documents               POST  sign-in    onwards  unknown    unknown    unknown   forbidden  sign-in
adhesion:dossiers                GET   sign-in    page     page       page       page      forbidden  sign-in
adhesion:dossiers                POST  method     method   method     method     method    method     method
adhesion:dossiers_csv            GET   sign-in    file     file       file       file      forbidden  sign-in
adhesion:dossiers_csv            POST  method     method   method     method     method    method     method
adhesion:end                     GET   sign-in    page     unknown    unknown    unknown   forbidden  sign-in
adhesion:end                     POST  sign-in    onwards  unknown    unknown    unknown   forbidden  sign-in
adhesion:list                    GET   sign-in    page     unknown    unknown    unknown   forbidden  sign-in
adhesion:list                    POST  method     method   method     method     method    method     method
adhesion:list_csv                GET   sign-in    file     unknown    unknown    unknown   forbidden  sign-in
adhesion:list_csv                POST  method     method   method     method     method    method     method
adhesion:list_new                GET   sign-in    page     page       page       page      forbidden  sign-in
adhesion:list_new                POST  sign-in    invalid  invalid    invalid    invalid   forbidden  sign-in
adhesion:list_send               GET   method     method   method     method     method    method     method
adhesion:list_send               POST  sign-in    invalid  unknown    unknown    unknown   forbidden  sign-in
adhesion:lists                   GET   sign-in    page     page       page       page      forbidden  sign-in
adhesion:lists                   POST  method     method   method     method     method    method     method
adhesion:move                    POST  sign-in    unknown  unknown    unknown    unknown   forbidden  sign-in
adhesion:original                GET   sign-in    unknown  unknown    unknown    unknown   forbidden  sign-in
adhesion:page                    GET   sign-in    unknown  unknown    unknown    unknown   forbidden  sign-in
adhesion:remove                  GET   sign-in    unknown  unknown    unknown    unknown   forbidden  sign-in
adhesion:remove                  POST  sign-in    unknown  unknown    unknown    unknown   forbidden  sign-in
adhesion:take_back               GET   sign-in    page     unknown    unknown    unknown   forbidden  sign-in
adhesion:take_back               POST  sign-in    onwards  unknown    unknown    unknown   forbidden  sign-in
"""

# The espace privé, its filings and its household; a row of it goes before those of the tables below.
PRIVE = """
address                     anonymous  usager     voisin     outsiders  expired
foyer:mine             GET  sign-in    page       page       forbidden  sign-in
foyer:mine             POST method     method     method     method     method
foyer:propose          GET  method     method     method     method     method
foyer:propose          POST sign-in    unknown    unknown    forbidden  sign-in
foyer:depots           GET  sign-in    onwards    onwards    forbidden  sign-in
foyer:cancel           GET  sign-in    onwards    unknown    forbidden  sign-in
foyer:document         GET  sign-in    unknown    unknown    forbidden  sign-in
foyer:documents        GET  sign-in    onwards    unknown    forbidden  sign-in
foyer:documents        POST sign-in    onwards    unknown    forbidden  sign-in
foyer:move             POST sign-in    unknown    unknown    forbidden  sign-in
foyer:original         GET  sign-in    unknown    unknown    forbidden  sign-in
foyer:page             GET  sign-in    unknown    unknown    forbidden  sign-in
foyer:remove           GET  sign-in    unknown    unknown    forbidden  sign-in
foyer:remove           POST sign-in    unknown    unknown    forbidden  sign-in
prive:contact          GET  sign-in    page       page       forbidden  sign-in
prive:contact          POST method     method     method     method     method
prive:declaration      GET  sign-in    page       unknown    forbidden  sign-in
prive:declaration      POST method     method     method     method     method
prive:email_sent       GET  sign-in    onwards    onwards    forbidden  sign-in
prive:email_sent       POST method     method     method     method     method
prive:enrol            GET  onwards    page       page       onwards    onwards
prive:enrol            POST onwards    invalid    invalid    onwards    onwards
prive:factor           GET  sign-in    page       page       forbidden  sign-in
prive:factor           POST sign-in    onwards    onwards    forbidden  sign-in
prive:home             GET  sign-in    page       page       forbidden  sign-in
prive:home             POST method     method     method     method     method
prive:message          GET  sign-in    page       unknown    forbidden  sign-in
prive:message          POST method     method     method     method     method
prive:messages         GET  sign-in    page       page       forbidden  sign-in
prive:messages         POST method     method     method     method     method
prive:passkey_add      GET  onwards    page       page       onwards    onwards
prive:passkey_add      POST onwards    invalid    invalid    onwards    onwards
prive:register         GET  page       page       page       page       page
prive:register         POST invalid    invalid    invalid    invalid    invalid
prive:register_check   GET  onwards    onwards    onwards    onwards    onwards
prive:register_check   POST onwards    onwards    onwards    onwards    onwards
prive:register_sent    GET  onwards    onwards    onwards    onwards    onwards
prive:register_sent    POST method     method     method     method     method
prive:register_step    GET  onwards    onwards    onwards    onwards    onwards
prive:register_step    POST onwards    onwards    onwards    onwards    onwards
"""

# The company that is asked: ``owner`` is the one, ``units`` are others; by code nobody comes here signed in.
COMPANY = """
address                anonymous  owner    units    persons    expired  agents
company:code     GET   page       page     page     page       page     page
company:code     POST  invalid    invalid  invalid  invalid    invalid  invalid
company:demande  GET   onwards    onwards  onwards  onwards    onwards  onwards
company:demande  POST  onwards    onwards  onwards  onwards    onwards  onwards
company:end      GET   onwards    onwards  onwards  onwards    onwards  onwards
company:end      POST  onwards    onwards  onwards  onwards    onwards  onwards
company:leave    GET   method     method   method   method     method   method
company:leave    POST  onwards    onwards  onwards  onwards    onwards  onwards
company:mine     GET   sign-in    page     page     forbidden  sign-in  forbidden
company:mine     POST  method     method   method   method     method   method
company:one      GET   sign-in    page     unknown  forbidden  sign-in  forbidden
company:one      POST  sign-in    page     unknown  forbidden  sign-in  forbidden
company:one_end  GET   sign-in    page     unknown  forbidden  sign-in  forbidden
company:one_end  POST  sign-in    onwards  unknown  forbidden  sign-in  forbidden
"""

# The pages that every espace has about accounts (web.account_urls). A row of another table goes before.
ESPACE = """
address                 anonymous  inside     outside    expired
*:sign_in         GET   page       onwards    page       page
*:sign_in         POST  invalid    onwards    invalid    invalid
*:second_factor   GET   onwards    onwards    onwards    onwards
*:second_factor   POST  onwards    onwards    onwards    onwards
*:recovery_code   GET   onwards    onwards    onwards    onwards
*:recovery_code   POST  onwards    onwards    onwards    onwards
*:enrol           GET   onwards    onwards    onwards    onwards
*:enrol           POST  onwards    onwards    onwards    onwards
*:passkey_add     GET   onwards    onwards    onwards    onwards
*:passkey_add     POST  onwards    onwards    onwards    onwards
*:enrol_qr        GET   unknown    unknown    unknown    unknown
*:enrol_qr        POST  method     method     method     method
*:sign_out        GET   page       page       page       page
*:sign_out        POST  onwards    onwards    onwards    onwards
*:resume          GET   sign-in    onwards    forbidden  sign-in
*:resume          POST  sign-in    onwards    forbidden  sign-in
*:recovery        GET   page       page       page       page
*:recovery        POST  invalid    invalid    invalid    invalid
*:recovery_sent   GET   page       page       page       page
*:recovery_sent   POST  method     method     method     method
*:password        GET   sign-in    page       forbidden  sign-in
*:password        POST  sign-in    invalid    forbidden  sign-in
*:factor          GET   sign-in    unknown    forbidden  sign-in
*:factor          POST  sign-in    unknown    forbidden  sign-in
*:recovery_codes  GET   sign-in    onwards    forbidden  sign-in
*:recovery_codes  POST  sign-in    onwards    forbidden  sign-in
*:recovery_codes_file  GET   sign-in  unknown  forbidden  sign-in
*:recovery_codes_file  POST  method   method   method     method
*:profile         GET   sign-in    page       forbidden  sign-in
*:profile         POST  sign-in    invalid    forbidden  sign-in
*:email           GET   sign-in    page       forbidden  sign-in
*:email           POST  sign-in    invalid    forbidden  sign-in
*:sessions        GET   sign-in    page       forbidden  sign-in
*:sessions        POST  sign-in    onwards    forbidden  sign-in
*:data            GET   sign-in    page       forbidden  sign-in
*:data            POST  sign-in    onwards    forbidden  sign-in
*:data_archive    GET   sign-in    unknown    forbidden  sign-in
*:data_archive    POST  method     method     method     method
*:close           GET   sign-in    page       forbidden  sign-in
*:close           POST  sign-in    invalid    forbidden  sign-in
*:closed          GET   page       page       page       page
*:closed          POST  method     method     method     method
"""

# The screens that every téléprocédure has (web.filing): each is walked with the objects of its own sample.
FILING = """
address            anonymous  owner      neighbour  foreigner  expired    agents
*:start      GET   sign-in    page       page       forbidden  sign-in    forbidden
*:start      POST  sign-in    onwards    onwards    forbidden  sign-in    forbidden
*:draft      GET   sign-in    onwards    unknown    forbidden  sign-in    forbidden
*:draft      POST  method     method     method     method     method     method
*:documents  GET   sign-in    page       unknown    forbidden  sign-in    forbidden
*:documents  POST  sign-in    invalid    unknown    forbidden  sign-in    forbidden
*:remove     GET   sign-in    page       unknown    forbidden  sign-in    forbidden
*:remove     POST  sign-in    onwards    unknown    forbidden  sign-in    forbidden
*:move       GET   method     method     method     method     method     method
*:move       POST  sign-in    onwards    unknown    forbidden  sign-in    forbidden
*:page       GET   sign-in    file       unknown    forbidden  sign-in    forbidden
*:page       POST  method     method     method     method     method     method
*:check      GET   sign-in    page       unknown    forbidden  sign-in    forbidden
*:check      POST  sign-in    invalid    unknown    forbidden  sign-in    forbidden
*:discard    GET   sign-in    page       unknown    forbidden  sign-in    forbidden
*:discard    POST  sign-in    onwards    unknown    forbidden  sign-in    forbidden
*:step       GET   sign-in    page       unknown    forbidden  sign-in    forbidden
*:step       POST  sign-in    invalid    unknown    forbidden  sign-in    forbidden
*:depots     GET   sign-in    page       page       forbidden  sign-in    forbidden
*:depots     POST  method     method     method     method     method     method
*:depot      GET   sign-in    page       unknown    forbidden  sign-in    forbidden
*:depot      POST  method     method     method     method     method     method
*:receipt    GET   sign-in    file       unknown    forbidden  sign-in    forbidden
*:receipt    POST  method     method     method     method     method     method
*:document   GET   sign-in    file       unknown    forbidden  sign-in    forbidden
*:document   POST  method     method     method     method     method     method
*:original   GET   sign-in    file       unknown    forbidden  sign-in    forbidden
*:original   POST  method     method     method     method     method     method
*:resend     GET   method     method     method     method     method     method
*:resend     POST  sign-in    onwards    unknown    forbidden  sign-in    forbidden
*:cancel     GET   sign-in    page       unknown    forbidden  sign-in    forbidden
*:cancel     POST  sign-in    onwards    unknown    forbidden  sign-in    forbidden
*:rectify    GET   method     method     method     method     method     method
*:rectify    POST  sign-in    onwards    unknown    forbidden  sign-in    forbidden
*:correct    GET   method     method     method     method     method     method
*:correct    POST  sign-in    onwards    unknown    forbidden  sign-in    forbidden
*:answer     GET   method     method     method     method     method     method
*:answer     POST  sign-in    invalid    unknown    forbidden  sign-in    forbidden
*:message_file GET sign-in   file       unknown    forbidden  sign-in    forbidden
*:message_file POST method   method     method     method     method     method
"""

# The screens of a filing that is made of documents, its own and the shared ones.
SENDING = """
address                 anonymous  owner      neighbour  foreigner  expired    agents
*:start            GET  sign-in    page       page       forbidden  sign-in    forbidden
*:start            POST method     method     method     method     method     method
*:begin            GET  method     method     method     method     method     method
*:begin            POST sign-in    onwards    onwards    forbidden  sign-in    forbidden
*:suggest          GET  sign-in    page       page       forbidden  sign-in    forbidden
*:suggest          POST method     method     method     method     method     method
*:draft            GET  sign-in    onwards    unknown    forbidden  sign-in    forbidden
*:draft            POST method     method     method     method     method     method
*:number           GET  sign-in    page       unknown    forbidden  sign-in    forbidden
*:number           POST sign-in    invalid    unknown    forbidden  sign-in    forbidden
*:documents        GET  sign-in    page       unknown    forbidden  sign-in    forbidden
*:documents        POST sign-in    invalid    unknown    forbidden  sign-in    forbidden
*:add_document     GET  method     method     method     method     method     method
*:add_document     POST sign-in    onwards    unknown    forbidden  sign-in    forbidden
*:remove_document  GET  sign-in    page       unknown    forbidden  sign-in    forbidden
*:remove_document  POST sign-in    onwards    unknown    forbidden  sign-in    forbidden
*:name             GET  sign-in    page       unknown    forbidden  sign-in    forbidden
*:name             POST sign-in    invalid    unknown    forbidden  sign-in    forbidden
*:type             GET  sign-in    page       unknown    forbidden  sign-in    forbidden
*:type             POST sign-in    invalid    unknown    forbidden  sign-in    forbidden
*:person           GET  sign-in    page       unknown    forbidden  sign-in    forbidden
*:person           POST sign-in    invalid    unknown    forbidden  sign-in    forbidden
*:comment          GET  sign-in    page       unknown    forbidden  sign-in    forbidden
*:comment          POST sign-in    invalid    unknown    forbidden  sign-in    forbidden
*:pages            GET  sign-in    page       unknown    forbidden  sign-in    forbidden
*:pages            POST sign-in    invalid    unknown    forbidden  sign-in    forbidden
*:page_image       GET  sign-in    file       unknown    forbidden  sign-in    forbidden
*:page_image       POST method     method     method     method     method     method
*:page_turn        GET  method     method     method     method     method     method
*:page_turn        POST sign-in    onwards    unknown    forbidden  sign-in    forbidden
*:page_move        GET  method     method     method     method     method     method
*:page_move        POST sign-in    onwards    unknown    forbidden  sign-in    forbidden
*:page_remove      GET  sign-in    page       unknown    forbidden  sign-in    forbidden
*:page_remove      POST sign-in    onwards    unknown    forbidden  sign-in    forbidden
*:complete         GET  method     method     method     method     method     method
*:complete         POST sign-in    onwards    unknown    forbidden  sign-in    forbidden
*:discard          GET  sign-in    page       unknown    forbidden  sign-in    forbidden
*:discard          POST sign-in    onwards    unknown    forbidden  sign-in    forbidden
*:depots           GET  sign-in    page       page       forbidden  sign-in    forbidden
*:depots           POST method     method     method     method     method     method
*:depot            GET  sign-in    page       unknown    forbidden  sign-in    forbidden
*:depot            POST method     method     method     method     method     method
*:receipt          GET  sign-in    file       unknown    forbidden  sign-in    forbidden
*:receipt          POST method     method     method     method     method     method
*:document         GET  sign-in    file       unknown    forbidden  sign-in    forbidden
*:document         POST method     method     method     method     method     method
*:message_file     GET  sign-in    file       unknown    forbidden  sign-in    forbidden
*:message_file     POST method     method     method     method     method     method
*:answer           GET  method     method     method     method     method     method
*:answer           POST sign-in    invalid    unknown    forbidden  sign-in    forbidden
"""

# What whoever gave the password alone may do: give the code, or link an application (half, unlinked).
HALF = {
    ("agents:second_factor", "GET"): ("page", "onwards"),
    ("agents:second_factor", "POST"): ("invalid", "onwards"),
    ("agents:recovery_code", "GET"): ("page", "onwards"),
    ("agents:recovery_code", "POST"): ("invalid", "onwards"),
    ("agents:enrol", "GET"): ("onwards", "page"),
    ("agents:enrol", "POST"): ("onwards", "invalid"),
    ("agents:enrol_qr", "GET"): ("unknown", "file"),
    ("agents:passkey_add", "GET"): ("onwards", "page"),
    ("agents:passkey_add", "POST"): ("onwards", "invalid"),
}

# The same at the espace abonné, where whoever links an application has chosen to.
HALF_ABONNE = {
    ("abonne:second_factor", "GET"): "page",
    ("abonne:second_factor", "POST"): "invalid",
    ("abonne:recovery_code", "GET"): "page",
    ("abonne:recovery_code", "POST"): "invalid",
}
