/** The JSON document inlined in the page: fetching a file fails over `file://` and in an opaque origin. */
export function pageData<T>(): T {
  const element = document.getElementById('cairn-data');
  return JSON.parse(element?.textContent ?? '{}') as T;
}
