"""The body of an upload, as a browser sends it."""

BOUNDARY = "guichet-bench"
TOKEN = "b" * 32  # of the CSRF cookie and of the form: whoever holds the one may send the other


def multipart(content: bytes) -> bytes:
    """The form of « Documents » with one file."""
    field = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{TOKEN}\r\n'
    file = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="upload"; filename="comptes.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    return field.encode() + file.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
