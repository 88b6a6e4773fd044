// What a card shows beside its title: one view for each sort of tool.
import type { ToolBody as Body } from '../../../src/protocol/views.ts';
import { ChangedFiles } from './ChangedFiles.tsx';

/** `callId`: the tool call's, under which folds are remembered. */
export function ToolBody({ callId, body }: { callId: string; body: Body }) {
  switch (body.kind) {
    case 'files':
      return <ChangedFiles id={callId} label="Changed files" files={body.files} />;
  }
}
