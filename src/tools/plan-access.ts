// Which files a call touches, for permissions: those it names and those its plan comes to.
import type { Access, AnyTool, Plan } from './tool.ts';

/** `plan`: once it is worked out. @throws ToolError for a call that the tool would refuse anyway */
export function accessOfCall(tool: AnyTool, input: unknown, plan?: Plan): Access {
  const access = tool.access(input);
  if (plan === undefined || access.kind !== 'edit') return access;
  const { targets, along = [] } = plan;
  return { kind: 'edit', paths: [...new Set([...access.paths, ...targets.map(({ path }) => path), ...along])] };
}
