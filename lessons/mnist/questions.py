"""Questions on a network that reads digits; knows no training and no screen."""

from __future__ import annotations

from lessons.lesson import Choice, Question

QUESTIONS = (
    Question(
        slug="stuck",
        text="The preset sigmoid has a loss of 2.30 after three epochs. What has it learned?",
        choices=(
            Choice(
                text="Nothing: 2.30 is ln 10, the loss of a blind guess among ten.",
                why="Yes: −ln(1/10) = 2.3026. It gives each digit about a tenth, whatever the "
                "image, and says the same one always.",
                right=True,
            ),
            Choice(
                text="To be right 2.3 times in 100.",
                why="The loss is no share. It is the mean of −ln P(label), and 0 would be perfect.",
            ),
            Choice(
                text="A little: at the start the loss was higher.",
                why="Before the first step the network gives each digit about a tenth, too: that "
                "is 2.30 already.",
            ),
        ),
    ),
    Question(
        slug="clock",
        text="Image by image or by indices: the losses are the same. Why does one take longer?",
        choices=(
            Choice(
                text="The network computes more with a DataLoader.",
                why="It gets the same numbers in the same batches, and does the same with them. "
                "Look at forward and backward in the picture of the time.",
            ),
            Choice(
                text="Reading image files from the disk is slow.",
                why="Here both have all images in memory. On a real disk it would be slower still.",
            ),
            Choice(
                text="For each image Python opens, converts and normalises: 64 times a batch.",
                why="Yes: each call is small, and costs more than the arithmetic in it. By indices "
                "there is one call for all 64.",
                right=True,
            ),
        ),
    ),
    Question(
        slug="test",
        text="You try twenty settings and keep the one with the best test accuracy. What is that?",
        choices=(
            Choice(
                text="The accuracy to expect on new digits.",
                why="A little less is to be expected. Of twenty, the best was also the luckiest on "
                "just these test images.",
            ),
            Choice(
                text="A little too good: the choice was made on the test images.",
                why="Yes: who chooses by the test trains on it, in a way. A third part, the "
                "validation, is there to choose by; the test is looked at once.",
                right=True,
            ),
            Choice(
                text="The training accuracy.",
                why="No update was made with a test image, so it is not. But a choice was.",
            ),
        ),
    ),
)
