# Cairn's programs: `node apps/api/dist/main.js`, `node apps/worker/dist/main.js`, `node apps/cli/bin/cairn.mjs`.
FROM node:20.19.5-bookworm-slim AS build
WORKDIR /cairn
COPY . .
RUN npm ci --ignore-scripts --no-audit --no-fund
RUN node scripts/build.mjs

FROM node:20.19.5-bookworm-slim
ENV NODE_ENV=production
WORKDIR /cairn
COPY --from=build /cairn /cairn
# Nothing in the image is written to: scratch files go to /tmp.
USER node
CMD ["node", "apps/api/dist/main.js"]
