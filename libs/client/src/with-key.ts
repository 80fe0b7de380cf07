/** A `fetch` whose requests carry a key, when there is one. */
export function withKey(fetch: typeof globalThis.fetch, apiKey: string | undefined): typeof globalThis.fetch {
  if (apiKey === undefined) return fetch;
  const authorization = `Bearer ${apiKey}`;
  return (input, init) => {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    headers.set('authorization', authorization);
    return fetch(input, { ...init, headers });
  };
}
