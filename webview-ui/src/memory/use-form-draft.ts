// What is typed into a form of the Memory panel is kept as drafts of blocks are: a view that is made anew shows it again.
import * as z from 'zod/mini';
import { useApp, useAppState } from '../use-app.ts';

const FieldsSchema = z.record(z.string(), z.string());

export interface FormDraft<F> {
  fields: F;
  type(fields: F): void;
  /** It was saved, or is not wanted. */
  forget(): void;
}

/** @param key of the form, among the drafts of blocks; `first`: what stands there before anything is typed */
export function useFormDraft<F extends Record<keyof F, string>>(key: string, first: F): FormDraft<F> {
  const app = useApp();
  const kept = useAppState((s) => s.blockDrafts[key]?.value);
  return {
    fields: kept === undefined ? first : { ...first, ...fieldsIn(kept) },
    type: (fields) => app.setBlockDraft(key, { value: JSON.stringify(fields), base: '' }),
    forget: () => app.setBlockDraft(key, undefined),
  };
}

/** Whether something was typed into a form. */
export const useHasDraft = (key: string): boolean => useAppState((s) => s.blockDrafts[key] !== undefined);

function fieldsIn(kept: string): Record<string, string> {
  try {
    return FieldsSchema.parse(JSON.parse(kept));
  } catch {
    return {};
  }
}
