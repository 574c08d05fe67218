"""Who may do what at the door of companies; outcomes are those of ``table``.

The roles there: ``administrateur`` and ``declarant`` of the company that owns the objects in the addresses;
``candidate``, who asks to be its administrateur; ``tiers``, the administrateur of a tiers déclarant, who owns
the portfolios and the requests by file; ``rival``, the administrateur of another one; ``loose``, who acts for
nobody. Columns may name ``acting`` (the first two, the tiers and the rival), ``rivals`` (the rival and the
tiers), ``idle`` (the candidate and ``loose``) and ``outsiders`` (whoever has no account at this door). In the
tables of other doors they are all foreigners.
"""

# Registering, waiting, beginning again, asking for help.
REGISTRATION = """
address                         anonymous  acting     candidate  loose      outsiders  expired
declarant:register         GET  page       page       page       page       page       page
declarant:register         POST invalid    invalid    invalid    invalid    invalid    invalid
declarant:register_step    GET  onwards    onwards    onwards    onwards    onwards    onwards
declarant:register_step    POST onwards    onwards    onwards    onwards    onwards    onwards
declarant:register_sent    GET  onwards    onwards    onwards    onwards    onwards    onwards
declarant:register_sent    POST method     method     method     method     method     method
declarant:registration_pdf GET  onwards    onwards    onwards    onwards    onwards    onwards
declarant:registration_pdf POST method     method     method     method     method     method
declarant:choose           GET  sign-in    onwards    onwards    page       forbidden  sign-in
declarant:choose           POST sign-in    onwards    onwards    onwards    forbidden  sign-in
declarant:choose_step      GET  sign-in    onwards    onwards    onwards    forbidden  sign-in
declarant:choose_step      POST sign-in    onwards    onwards    onwards    forbidden  sign-in
declarant:waiting          GET  sign-in    onwards    page       onwards    forbidden  sign-in
declarant:waiting          POST sign-in    onwards    invalid    onwards    forbidden  sign-in
declarant:waiting_way      GET  sign-in    onwards    page       onwards    forbidden  sign-in
declarant:waiting_way      POST sign-in    onwards    invalid    onwards    forbidden  sign-in
declarant:waiting_withdraw GET  sign-in    onwards    page       onwards    forbidden  sign-in
declarant:waiting_withdraw POST sign-in    onwards    onwards    onwards    forbidden  sign-in
declarant:helpers          GET  page       page       page       page       page       page
declarant:helpers          POST invalid    invalid    invalid    invalid    invalid    invalid
declarant:helpers_sent     GET  page       page       page       page       page       page
declarant:helpers_sent     POST method     method     method     method     method     method
"""

# The rights: an administrateur gives and takes them (``undo``: a change of the grid), a déclarant looks at
# their own.
RIGHTS = """
address                    anonymous administrateur declarant rivals  candidate loose   outsiders expired
declarant:changes     GET  sign-in   page           forbidden page    onwards   onwards forbidden sign-in
declarant:changes     POST method    method         method    method  method    method  method    method
declarant:grid        GET  sign-in   page           forbidden page    onwards   onwards forbidden sign-in
declarant:grid        POST method    method         method    method  method    method  method    method
declarant:grid_check  GET  sign-in   onwards        forbidden onwards onwards   onwards forbidden sign-in
declarant:grid_check  POST sign-in   onwards        forbidden onwards onwards   onwards forbidden sign-in
declarant:history     GET  sign-in   page           page      page    onwards   onwards forbidden sign-in
declarant:history     POST method    method         method    method  method    method  method    method
declarant:history_csv GET  sign-in   file           file      file    onwards   onwards forbidden sign-in
declarant:history_csv POST method    method         method    method  method    method  method    method
declarant:history_pdf GET  sign-in   file           file      file    onwards   onwards forbidden sign-in
declarant:history_pdf POST method    method         method    method  method    method  method    method
declarant:may_file    GET  sign-in   page           page      page    onwards   onwards forbidden sign-in
declarant:may_file    POST method    method         method    method  method    method  method    method
declarant:recap       GET  sign-in   page           page      page    onwards   onwards forbidden sign-in
declarant:recap       POST method    method         method    method  method    method  method    method
declarant:recap_csv   GET  sign-in   file           file      file    onwards   onwards forbidden sign-in
declarant:recap_csv   POST method    method         method    method  method    method  method    method
declarant:recap_pdf   GET  sign-in   file           file      file    onwards   onwards forbidden sign-in
declarant:recap_pdf   POST method    method         method    method  method    method  method    method
declarant:undo        GET  method    method         method    method  method    method  method    method
declarant:undo        POST sign-in   onwards        forbidden unknown onwards   onwards forbidden sign-in
declarant:who         GET  sign-in   page           forbidden page    onwards   onwards forbidden sign-in
declarant:who         POST method    method         method    method  method    method  method    method
"""

# The menu, and what administrateurs manage: ``person`` is the déclarant, ``candidate`` the candidate, and the
# declaration has one right on it; the rival has chosen it too, and nobody a right to it there.
MANAGEMENT = """
address                           anonymous administrateur declarant rivals  idle    outsiders expired
declarant:home               GET  sign-in   page           page      page    onwards forbidden sign-in
declarant:home               POST method    method         method    method  method  method    method
declarant:people             GET  sign-in   page           forbidden page    onwards forbidden sign-in
declarant:people             POST method    method         method    method  method  method    method
declarant:person_new         GET  sign-in   page           forbidden page    onwards forbidden sign-in
declarant:person_new         POST sign-in   invalid        forbidden invalid onwards forbidden sign-in
declarant:person             GET  sign-in   page           forbidden unknown onwards forbidden sign-in
declarant:person             POST method    method         method    method  method  method    method
declarant:person_given       GET  sign-in   page           forbidden unknown onwards forbidden sign-in
declarant:person_given       POST method    method         method    method  method  method    method
declarant:person_email       GET  sign-in   page           forbidden unknown onwards forbidden sign-in
declarant:person_email       POST sign-in   invalid        forbidden unknown onwards forbidden sign-in
declarant:person_password    GET  sign-in   page           forbidden unknown onwards forbidden sign-in
declarant:person_password    POST sign-in   onwards        forbidden unknown onwards forbidden sign-in
declarant:person_roles       GET  sign-in   page           forbidden unknown onwards forbidden sign-in
declarant:person_roles       POST sign-in   invalid        forbidden unknown onwards forbidden sign-in
declarant:person_rights      GET  sign-in   page           forbidden unknown onwards forbidden sign-in
declarant:person_rights      POST sign-in   invalid        forbidden unknown onwards forbidden sign-in
declarant:person_remove      GET  sign-in   page           forbidden unknown onwards forbidden sign-in
declarant:person_remove      POST sign-in   invalid        forbidden unknown onwards forbidden sign-in
declarant:leave              GET  sign-in   page           page      page    onwards forbidden sign-in
declarant:leave              POST sign-in   invalid        invalid   invalid onwards forbidden sign-in
declarant:declarations       GET  sign-in   page           forbidden page    onwards forbidden sign-in
declarant:declarations       POST sign-in   invalid        forbidden invalid onwards forbidden sign-in
declarant:declaration_remove GET  sign-in   page           forbidden page    onwards forbidden sign-in
declarant:declaration_remove POST sign-in   invalid        forbidden onwards onwards forbidden sign-in
declarant:etablissements     GET  sign-in   page           forbidden page    onwards forbidden sign-in
declarant:etablissements     POST sign-in   invalid        forbidden unknown onwards forbidden sign-in
declarant:candidates         GET  sign-in   page           forbidden page    onwards forbidden sign-in
declarant:candidates         POST method    method         method    method  method  method    method
declarant:candidate_grant    GET  sign-in   page           forbidden unknown onwards forbidden sign-in
declarant:candidate_grant    POST sign-in   onwards        forbidden unknown onwards forbidden sign-in
declarant:candidate_refuse   GET  sign-in   page           forbidden unknown onwards forbidden sign-in
declarant:candidate_refuse   POST sign-in   invalid        forbidden unknown onwards forbidden sign-in
declarant:help_asked         GET  sign-in   page           forbidden page    onwards forbidden sign-in
declarant:help_asked         POST method    method         method    method  method  method    method
declarant:profile            GET  sign-in   page           page      page    page    forbidden sign-in
declarant:profile            POST sign-in   onwards        onwards   onwards onwards forbidden sign-in
"""

# The complementary services, for whoever acts for a company.
SERVICES = """
address                    anonymous  acting     idle       outsiders  expired
declarant:siret_check GET  sign-in    page       onwards    forbidden  sign-in
declarant:siret_check POST sign-in    invalid    onwards    forbidden  sign-in
declarant:tables      GET  sign-in    page       onwards    forbidden  sign-in
declarant:tables      POST method     method     method     method     method
declarant:table       GET  sign-in    page       onwards    forbidden  sign-in
declarant:table       POST method     method     method     method     method
"""

# Where filings differ from others: a declaration is begun by who has the right, and no PDF is made of its
# files; a resiliation has no files; a second request for access waits for the answer to the first.
FILINGS = """
address                     anonymous administrateur declarant rivals    candidate loose     outsiders expired
declaration:start      GET  sign-in   page           page      forbidden forbidden forbidden forbidden sign-in
declaration:start      POST sign-in   onwards        onwards   forbidden forbidden forbidden forbidden sign-in
declaration:cancel     GET  sign-in   onwards        unknown   unknown   unknown   unknown   forbidden sign-in
declaration:page       GET  sign-in   unknown        unknown   unknown   unknown   unknown   forbidden sign-in
declaration:page       POST method    method         method    method    method    method    method    method
declaration:document   GET  sign-in   unknown        unknown   unknown   unknown   unknown   forbidden sign-in
declaration:document   POST method    method         method    method    method    method    method    method
resiliation:cancel     GET  sign-in   onwards        unknown   unknown   unknown   unknown   forbidden sign-in
resiliation:documents  GET  sign-in   onwards        unknown   unknown   unknown   unknown   forbidden sign-in
resiliation:documents  POST sign-in   onwards        unknown   unknown   unknown   unknown   forbidden sign-in
resiliation:remove     GET  sign-in   unknown        unknown   unknown   unknown   unknown   forbidden sign-in
resiliation:remove     POST sign-in   unknown        unknown   unknown   unknown   unknown   forbidden sign-in
resiliation:move       GET  method    method         method    method    method    method    method    method
resiliation:move       POST sign-in   unknown        unknown   unknown   unknown   unknown   forbidden sign-in
resiliation:page       GET  sign-in   unknown        unknown   unknown   unknown   unknown   forbidden sign-in
resiliation:page       POST method    method         method    method    method    method    method    method
resiliation:document   GET  sign-in   unknown        unknown   unknown   unknown   unknown   forbidden sign-in
resiliation:document   POST method    method         method    method    method    method    method    method
resiliation:original   GET  sign-in   unknown        unknown   unknown   unknown   unknown   forbidden sign-in
resiliation:original   POST method    method         method    method    method    method    method    method
acces:cancel           GET  sign-in   unknown        unknown   unknown   onwards   unknown   forbidden sign-in
acces:documents        GET  sign-in   unknown        unknown   unknown   onwards   unknown   forbidden sign-in
acces:documents        POST sign-in   unknown        unknown   unknown   onwards   unknown   forbidden sign-in
acces:check            GET  sign-in   unknown        unknown   unknown   onwards   unknown   forbidden sign-in
acces:check            POST sign-in   unknown        unknown   unknown   onwards   unknown   forbidden sign-in
"""

# The mailbox: ``message`` is the administrateur's.
MAILBOX = """
address                  anonymous administrateur declarant rivals  idle    outsiders expired
declarant:messages  GET  sign-in   page           page      page    page    forbidden sign-in
declarant:messages  POST method    method         method    method  method  method    method
declarant:message   GET  sign-in   page           unknown   unknown unknown forbidden sign-in
declarant:message   POST method    method         method    method  method  method    method
"""

# The account pages beside those of every espace; ``possession`` wants a provisional password.
ACCOUNTS = """
address                    anonymous  acting     candidate  loose      outsiders  expired
declarant:possession GET   onwards    onwards    onwards    onwards    onwards    onwards
declarant:possession POST  onwards    onwards    onwards    onwards    onwards    onwards
declarant:email_sent GET   sign-in    onwards    onwards    onwards    forbidden  sign-in
declarant:email_sent POST  method     method     method     method     method     method
declarant:enrol      GET   onwards    page       page       page       onwards    onwards
declarant:enrol      POST  onwards    invalid    invalid    invalid    onwards    onwards
declarant:passkey_add GET  onwards    page       page       page       onwards    onwards
declarant:passkey_add POST onwards    invalid    invalid    invalid    onwards    onwards
declarant:factor     GET   sign-in    page       page       page       forbidden  sign-in
declarant:factor     POST  sign-in    onwards    onwards    onwards    forbidden  sign-in
declarant:trust      GET   sign-in    page       page       page       forbidden  sign-in
declarant:trust      POST  sign-in    invalid    invalid    invalid    forbidden  sign-in
"""

# Requests by file, of a tiers déclarant; the request in the addresses waits to be validated. It did nothing
# yet: nothing of it is taken back (409).
IMPORTS = """
address                        anonymous tiers   rival   administrateur declarant idle    outsiders expired
declarant:imports          GET  sign-in   page    page    forbidden      forbidden onwards forbidden sign-in
declarant:imports          POST method    method  method  method         method    method  method    method
declarant:import_new       GET  sign-in   page    page    forbidden      forbidden onwards forbidden sign-in
declarant:import_new       POST sign-in   page    page    forbidden      forbidden onwards forbidden sign-in
declarant:import_template  GET  sign-in   file    unknown forbidden      forbidden onwards forbidden sign-in
declarant:import_template  POST method    method  method  method         method    method  method    method
declarant:import           GET  sign-in   page    unknown forbidden      forbidden onwards forbidden sign-in
declarant:import           POST method    method  method  method         method    method  method    method
declarant:import_validate  GET  method    method  method  method         method    method  method    method
declarant:import_validate  POST sign-in   onwards unknown forbidden      forbidden onwards forbidden sign-in
declarant:import_delete    GET  method    method  method  method         method    method  method    method
declarant:import_delete    POST sign-in   onwards unknown forbidden      forbidden onwards forbidden sign-in
declarant:import_take_back GET  method    method  method  method         method    method  method    method
declarant:import_take_back POST sign-in   409     unknown forbidden      forbidden onwards forbidden sign-in
declarant:import_report    GET  sign-in   file    unknown forbidden      forbidden onwards forbidden sign-in
declarant:import_report    POST method    method  method  method         method    method  method    method
declarant:rights_download  GET  sign-in   page    page    forbidden      forbidden onwards forbidden sign-in
declarant:rights_download  POST method    method  method  method         method    method  method    method
declarant:rights_file      GET  sign-in   file    file    forbidden      forbidden onwards forbidden sign-in
declarant:rights_file      POST method    method  method  method         method    method  method    method
"""

# The portfolios of the tiers: one, with two clients; the second is the company of ``administrateur``, which
# ends the tie, and may let the firm come back once it ended. ``nobody`` has no session, or one that is over;
# ``barred``: a déclarant, and the outsiders.
PORTFOLIOS = """
address                                  nobody  tiers   rival   administrateur barred    idle
declarant:portefeuilles             GET  sign-in page    page    forbidden      forbidden onwards
declarant:portefeuilles             POST method  method  method  method         method    method
declarant:portefeuille_new          GET  sign-in page    page    forbidden      forbidden onwards
declarant:portefeuille_new          POST sign-in invalid invalid forbidden      forbidden onwards
declarant:portefeuille              GET  sign-in page    unknown forbidden      forbidden onwards
declarant:portefeuille              POST method  method  method  method         method    method
declarant:portefeuille_rename       GET  sign-in page    unknown forbidden      forbidden onwards
declarant:portefeuille_rename       POST sign-in invalid unknown forbidden      forbidden onwards
declarant:portefeuille_declarations GET  sign-in page    unknown forbidden      forbidden onwards
declarant:portefeuille_declarations POST sign-in onwards unknown forbidden      forbidden onwards
declarant:portefeuille_close        GET  sign-in page    unknown forbidden      forbidden onwards
declarant:portefeuille_close        POST sign-in invalid unknown forbidden      forbidden onwards
declarant:clientes_add              GET  sign-in page    unknown forbidden      forbidden onwards
declarant:clientes_add              POST sign-in invalid unknown forbidden      forbidden onwards
declarant:cliente                   GET  sign-in page    unknown forbidden      forbidden onwards
declarant:cliente                   POST method  method  method  method         method    method
declarant:cliente_places            GET  sign-in page    unknown forbidden      forbidden onwards
declarant:cliente_places            POST sign-in invalid unknown forbidden      forbidden onwards
declarant:cliente_declarations      GET  sign-in page    unknown forbidden      forbidden onwards
declarant:cliente_declarations      POST sign-in invalid unknown forbidden      forbidden onwards
declarant:cliente_transfer          GET  sign-in page    unknown forbidden      forbidden onwards
declarant:cliente_transfer          POST sign-in invalid unknown forbidden      forbidden onwards
declarant:cliente_remove            GET  sign-in page    unknown forbidden      forbidden onwards
declarant:cliente_remove            POST sign-in onwards unknown forbidden      forbidden onwards
declarant:tiers                     GET  sign-in page    page    page           forbidden onwards
declarant:tiers                     POST method  method  method  method         method    method
declarant:tiers_end                 GET  sign-in unknown unknown page           forbidden onwards
declarant:tiers_end                 POST sign-in unknown unknown invalid        forbidden onwards
declarant:tiers_let_back            GET  method  method  method  method         method    method
declarant:tiers_let_back            POST sign-in unknown unknown unknown        forbidden onwards
"""

TABLES = (ACCOUNTS, MAILBOX, REGISTRATION, RIGHTS, MANAGEMENT, SERVICES, FILINGS, IMPORTS, PORTFOLIOS)
