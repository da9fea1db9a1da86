# One image for web, worker and timer: the command says which. Nothing of the build tools reaches the final stage,
# and no secret is in any layer: secrets arrive as variables or as files (NAME_FILE) when a container starts.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
RUN python -m venv /venv
COPY requirements.lock .
RUN /venv/bin/python -m pip install --no-deps --only-binary=:all: --require-hashes -r requirements.lock
COPY manage.py CHANGELOG.md ./
COPY accounts accounts
COPY billing billing
COPY docs/verify_proof.py docs/verify_proof.py
COPY generations generations
COPY locale locale
COPY roomai_web roomai_web
COPY static static
COPY templates templates
# The networks and the collected files are part of the image: a container needs no network to start.
ARG MATTE_MODEL=u2netp
ENV WEIGHTS_DIR=/app/models STATIC_ROOT=/app/collected
RUN /venv/bin/python manage.py fetch_weights
RUN /venv/bin/python manage.py collectstatic --noinput --verbosity 0

FROM python:3.11-slim-bookworm
ARG MATTE_MODEL=u2netp
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin roomai
RUN install -d -o roomai -g roomai /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    ROOMAI_ENV=production ROOMAI_DATA=/data WEIGHTS_DIR=/app/models STATIC_ROOT=/app/collected \
    REMAP_SIGTERM=SIGQUIT MATTE_MODEL=$MATTE_MODEL
USER roomai
VOLUME /data
EXPOSE 8000
CMD ["granian", "--interface", "asgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", "--backlog", "2048", "--backpressure", "2048", "roomai_web.asgi:application"]
