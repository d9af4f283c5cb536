const patienceMilliseconds = 5000;
const maxLength = 1024 * 1024;

/**
 * Fetches a text over HTTP. Follows no redirection, waits five seconds, and reads no more than a mebibyte.
 * @throws Error if there is no such answer
 */
export async function fetchText(url: string): Promise<string> {
  const signal = AbortSignal.timeout(patienceMilliseconds);
  const response = await fetch(url, { redirect: 'error', signal });
  if (!response.ok) {
    throw new Error(`${url} answers with status ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array;
    length += bytes.length;
    if (length > maxLength) {
      throw new Error(`${url} answers with more than ${maxLength} bytes`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
