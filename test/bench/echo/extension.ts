// The yardstick: the least an extension can do between a click and a model. Also watches the extension host it shares.
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { Session } from 'node:inspector';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as vscode from 'vscode';

const PAGE = `<!DOCTYPE html><button id="echo">Echo</button><p id="answer"></p><script>
  const api = acquireVsCodeApi();
  document.getElementById('echo').onclick = () => api.postMessage('hello');
  onmessage = (event) => { document.getElementById('answer').textContent += event.data; };
</script>`;

async function ask(webview: vscode.Webview): Promise<void> {
  const response = await fetch(`${process.env.LETTA_BENCH_MODEL}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'scripted', stream: true, messages: [{ role: 'user', content: 'hello' }] }),
  });
  for await (const chunk of response.body ?? []) await webview.postMessage(new TextDecoder().decode(chunk));
}

/**
 * `GET /reset` starts a measurement, `GET /` tells the longest block since then and the memory of the process. For whoever looks
 * for the cause: `GET /profile` starts a CPU profile of the extension host, `GET /profiled` gives it.
 */
function watch(): Server {
  // The histogram counts from what it was set to: a timer every millisecond.
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  let session: Session | undefined;
  const server = createServer((request, response) => {
    if (request.url === '/reset') delay.reset();
    if (request.url === '/profile') {
      session = new Session();
      session.connect();
      session.post('Profiler.enable');
      session.post('Profiler.setSamplingInterval', { interval: 100 });
      session.post('Profiler.start');
    }
    if (request.url === '/profiled') {
      session?.post('Profiler.stop', (_error, result) => response.end(JSON.stringify(result.profile)));
      session?.disconnect();
      return;
    }
    const block = { longest: delay.max / 1e6, p99: delay.percentile(99) / 1e6 };
    response.end(JSON.stringify({ ...block, rss: process.memoryUsage().rss }));
  });
  server.listen(0, '127.0.0.1', () => {
    const file = process.env.LETTA_BENCH_PORT_FILE;
    if (file) writeFileSync(file, String((server.address() as AddressInfo).port));
  });
  return server;
}

export function activate(context: vscode.ExtensionContext): void {
  const server = watch();
  context.subscriptions.push(
    { dispose: () => server.close() },
    vscode.window.registerWebviewViewProvider('bench.echo', {
      resolveWebviewView(view) {
        view.webview.options = { enableScripts: true };
        view.webview.onDidReceiveMessage(() => void ask(view.webview));
        view.webview.html = PAGE;
      },
    }),
  );
}
