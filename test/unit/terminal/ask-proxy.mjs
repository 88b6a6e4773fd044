// Asks for a page through the proxy that the environment names: `node ask-proxy.mjs URL`. Fails unless the answer is 200.
import { request } from 'node:http';

const url = process.argv[2] ?? '';
const proxy = new URL(process.env.HTTP_PROXY ?? process.env.http_proxy ?? '');
const credentials = Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`);
const headers = { host: new URL(url).host, 'proxy-authorization': `Basic ${credentials.toString('base64')}` };
request({ host: proxy.hostname, port: proxy.port, path: url, headers }, async (response) => {
  let text = '';
  for await (const chunk of response) text += chunk;
  console.log(response.statusCode, text.trim());
  process.exit(response.statusCode === 200 ? 0 : 1);
}).end();
