// A home of our own with one thread: for turns with what lies beyond files.
import { join } from 'node:path';
import { ThreadNotes } from '../../../src/agent/thread-notes.ts';
import type { Connection } from '../../../src/letta/connection.ts';
import type { Threads } from '../../../src/threads/threads.ts';
import { type ChatMessage, messageText, type ScriptedModel } from '../../support/scripted-model.ts';
import { OwnHome } from './own-home.ts';
import type { Workspace } from './turn-harness.ts';

/** As a server does that takes no notice of the message to fork at. */
function withoutPlace(request: Request): Request {
  const url = new URL(request.url);
  url.searchParams.delete('message_id');
  return new Request(url, request);
}

export class AskingWorld {
  readonly workspace: Workspace;
  readonly model: ScriptedModel;
  readonly connection: Connection;
  readonly agentId: string;
  readonly threadId: string;
  readonly threads: Threads;
  private readonly home: OwnHome;

  private constructor(home: OwnHome, threadId: string) {
    this.home = home;
    this.threadId = threadId;
    this.workspace = home.workspace;
    this.model = home.model;
    this.connection = home.connection;
    this.agentId = home.agentId;
    this.threads = home.threads;
  }

  static async make({ forksWhole = false } = {}): Promise<AskingWorld> {
    const home = await OwnHome.open(forksWhole ? withoutPlace : undefined);
    return new AskingWorld(home, await home.newThread());
  }

  close(): Promise<void> {
    return this.home.close();
  }

  /** Read anew, as after a restart. */
  notes(): ThreadNotes {
    return new ThreadNotes(join(this.workspace.folder, '.notes'));
  }

  asked(n: number): ChatMessage[] {
    return this.model.requests[n]?.body.messages ?? [];
  }

  /** What the tools returned, in the order of the request. */
  results(n: number): string[] {
    return this.asked(n)
      .filter((message) => message.role === 'tool')
      .map(messageText);
  }

  userTexts(n: number): string[] {
    return this.asked(n)
      .filter((message) => message.role === 'user')
      .map(messageText);
  }
}
