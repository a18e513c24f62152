# One node of bpsc. docker build -t bpsc .   See deploy/README.md.

# The full image has what better-sqlite3 may need to be compiled: Python, make and a C++ compiler.
FROM node:24-bookworm AS build
WORKDIR /opt/bpsc
COPY . .
RUN npm ci && npm run build && npm prune --omit=dev && rm -rf node_modules/.cache

# The result has Node and nothing to compile with.
FROM node:24-bookworm-slim
WORKDIR /opt/bpsc
COPY --from=build /opt/bpsc/package.json ./
COPY --from=build /opt/bpsc/node_modules ./node_modules
COPY --from=build /opt/bpsc/dist ./dist
COPY --from=build /opt/bpsc/prisma/migrations ./prisma/migrations
COPY --from=build /opt/bpsc/scripts ./scripts
RUN mkdir /data && chown node:node /data && ln -s /opt/bpsc/scripts/bpsc.mjs /usr/local/bin/bpsc
USER node
# HOST: a container is reached from outside. Everything that a node must keep is in /data.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=5000 DATABASE_URL=file:/data/node.db \
    PRODUCER_KEY_FILE=/data/producer-key.pem PRIVATE_CHAIN_KEY_FILE=/data/private-chain-key.pem \
    WITNESS_KEY_FILE=/data/witness-key.pem
VOLUME /data
EXPOSE 5000
# Alive, not ready: a follower whose upstream is away is to be kept, not restarted.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/main.js"]
