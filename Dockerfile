# One image for all roles:
#
#     docker build -t sluice .
#     docker run sluice gateway|router|leader|doctor --help
#
# Settings are environment variables (docs/configuration.md), or a file that you mount: `gateway --config /etc/sluice/gateway.yaml`.

# ---- build: a JDK and the sources; Maven comes by its wrapper and keeps what it downloads between builds -----------------
FROM eclipse-temurin:25-jdk AS build
WORKDIR /src
COPY . .
# With a repository of your own: docker build --build-arg MVNW_REPOURL=URL --secret id=maven,src=$HOME/.m2/settings.xml .
ARG MVNW_REPOURL
RUN --mount=type=cache,target=/root/.m2,sharing=locked --mount=type=secret,id=maven \
    if [ -f /run/secrets/maven ]; then export MAVEN_ARGS="-s /run/secrets/maven"; fi; \
    ./sluice build || { tail -n 50 target/build.log; exit 1; }
# What we depend on changes seldom, what we write often: two layers. The same bytes make the same layer, so no times.
RUN lib=local-cluster/target/launch/lib && mkdir -p /dist/dependencies /dist/ours && cp $lib/*.jar /dist/dependencies && \
    for module in */pom.xml; do \
        for jar in /dist/dependencies/"${module%/pom.xml}"-[0-9]*.jar; do [ ! -e "$jar" ] || mv "$jar" /dist/ours; done; \
    done && \
    find /dist -exec touch -h -d @0 {} +

# ---- the example of examples/analytics: docker build --target analytics -t sluice-analytics . -----------------------------
FROM build AS build-analytics
RUN --mount=type=cache,target=/root/.m2,sharing=locked --mount=type=secret,id=maven \
    if [ -f /run/secrets/maven ]; then export MAVEN_ARGS="-s /run/secrets/maven"; fi; \
    ./mvnw -B -ntp -q -pl examples/analytics package -Dmaven.test.skip=true -Dspotless.check.skip=true \
        -Dcheckstyle.skip=true -Denforcer.skip=true

FROM eclipse-temurin:25-jre AS analytics
COPY --from=build-analytics /src/examples/analytics/target/lib /opt/analytics/lib
COPY --from=build-analytics /src/examples/analytics/target/analytics.jar /opt/analytics/
USER 10001:10001
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=40", "--enable-native-access=ALL-UNNAMED", "-jar", "/opt/analytics/analytics.jar"]

# ---- run: a JRE and two folders of jars, as a user who owns nothing but the state folder -----------------------------------
FROM eclipse-temurin:25-jre
RUN groupadd --gid 10001 sluice && \
    useradd --uid 10001 --gid sluice --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin sluice && \
    install -d -o sluice -g sluice -m 0750 /var/lib/sluice
COPY --from=build /dist/dependencies /opt/sluice/lib
COPY deploy/docker/start deploy/docker/healthy sluice /opt/sluice/
COPY --from=build /dist/ours /opt/sluice/lib
ENV SLUICE_DIST=/opt/sluice \
    SLUICE_ADMIN_HOST=0.0.0.0
WORKDIR /var/lib/sluice
USER 10001:10001
# MQTT; health and metrics; the HA port of a leader; HAProxy's agent check.
EXPOSE 1883 8081 8082 8083
# SIGTERM drains a gateway: give it the time (docker stop --time, stop_grace_period) that drain.timeout says, and some more.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --start-interval=1s --retries=3 CMD ["/opt/sluice/healthy"]
ENTRYPOINT ["/opt/sluice/start"]
CMD ["help"]
