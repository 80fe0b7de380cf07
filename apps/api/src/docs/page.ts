export const docsPage = (_document: object) => ({ html: '<!doctype html>', policy: "default-src 'none'" });
