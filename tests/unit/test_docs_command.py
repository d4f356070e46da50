"""The generated pages of docs/ are current."""

from jiema_app.commands.docs import DATA_DICTIONARY, docs, list_models, render_data_dictionary


def test_the_data_dictionary_is_current() -> None:
    assert DATA_DICTIONARY.read_text(encoding="utf-8") == render_data_dictionary(), "run: make docs"
    docs(check=True)


def test_every_table_and_column_is_in_it_and_explained() -> None:
    page = render_data_dictionary()
    for model in list_models():
        assert f"### {model.__tablename__}\n" in page
        for column in model.model_fields:
            assert f"| `{column}` |" in page
    unexplained = {line for line in page.splitlines() if line.endswith("|  |")}
    assert unexplained <= {"| `user` |  |", "| `admin` |  |", "| `user:spending` |  |"}
