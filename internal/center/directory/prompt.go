package directory

import "github.com/hookswitch/hookswitch/internal/center"

// prompts returns the names of the prompts that every new instance has. The names are AWS's: integrations look them up to
// play music. There is no sound behind them, since nothing is heard here.
func prompts() []string {
	return []string{
		"Beep.wav", "CustomerHold.wav", "CustomerQueue.wav", "Music_Jazz_MyTimetoFly_Inst.wav", "Music_Pop_ThisAndThatIsLife_Inst.wav",
		"Music_Pop_ThrowYourselfInFrontOfIt_Inst.wav", "Music_Rock_EverywhereTheSunShines_Inst.wav",
	}
}

func (q *request) updatePrompt(c center.UpdatePrompt) ([]center.Event, error) {
	p, err := find(q.Prompts, center.KindPrompt, c.ID)
	if err != nil {
		return nil, err
	}
	set(&p.Name, c.Name)
	set(&p.Description, c.Description)
	if err := first(
		text("Name", p.Name, 1, nameMax),
		text("Description", p.Description, 0, descriptionMax),
		unique(q.Prompts, center.KindPrompt, p.ID, p.Name, func(o center.Prompt) string { return o.Name }),
	); err != nil {
		return nil, err
	}
	p.ModifiedAt = q.stamp.At
	return []center.Event{center.PromptSaved{Prompt: p}}, nil
}
