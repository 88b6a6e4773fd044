// @vitest-environment happy-dom
// A block that is kept to local models, as a person closes it and sees whom it is not shown to.
import { fireEvent } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { openMemory } from './memory-view.tsx';

describe('a block kept to local models', () => {
  it('is closed by a checkbox and says whom it is not shown to', async () => {
    const { block, press, asked } = await openMemory();
    await press(block('inbox'), 'Edit details');
    fireEvent.click(block('inbox').getByRole('checkbox', { name: 'Local models only' }));
    await press(block('inbox'), 'Apply');
    expect(asked('memory.change')).toEqual([{ blockId: 'block-inbox', localOnly: true }]);
    block('inbox').getByText('Local models only');
    block('inbox').getByText(/^Not shown to /);
    expect(block('project').queryByText(/^Not shown to /)).toBeNull();
  });
});
