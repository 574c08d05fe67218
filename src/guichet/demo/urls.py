"""The demonstration's addresses; included where ``settings.DEMO`` is on."""

from django.urls import URLPattern, path

from guichet.demo import views

app_name = "demo"

urlpatterns: list[URLPattern] = [
    path("messagerie/", views.messages, name="mailbox"),
    path("messagerie/<str:key>/", views.message, name="message"),
    path("codes/", views.codes, name="codes"),
    path("courrier/<str:name>", views.letter, name="letter"),
]
