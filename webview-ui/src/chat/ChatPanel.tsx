// The Chat panel: who answers, the conversation, what waits for the person, the composer.

import { Starting } from '../Starting.tsx';
import { Problem } from '../ui/Problem.tsx';
import { useAppState } from '../use-app.ts';
import { About } from './About.tsx';
import { Approvals } from './Approvals.tsx';
import { Changes } from './Changes.tsx';
import { Composer } from './Composer.tsx';
import { Offer } from './Offer.tsx';
import { PinMark } from './Pin.tsx';
import { Questions } from './Questions.tsx';
import { Plan } from './Todos.tsx';
import { Transcript } from './Transcript.tsx';

export function ChatPanel({ shown }: { shown: boolean }) {
  const threadId = useAppState((s) => s.feed.thread?.threadId);
  const failed = useAppState((s) => s.phase === 'failed');
  return (
    <div className="chat">
      {failed && <Starting />}
      <About />
      <Transcript key={threadId} shown={shown} />
      <Approvals />
      <Questions />
      <Changes />
      <Problem />
      <Offer />
      <PinMark />
      <Plan />
      <Composer shown={shown} />
    </div>
  );
}
